import { type DynamicModule, Module } from '@nestjs/common';
import { CLIENT_DIRECTORY, WebClient } from './web-client.js';

@Module({})
export class ClientModule {
  /** @param directory where the built web client is */
  static forRoot(directory: string): DynamicModule {
    return { module: ClientModule, providers: [WebClient, { provide: CLIENT_DIRECTORY, useValue: directory }] };
  }
}
