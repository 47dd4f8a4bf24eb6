import { hostname } from 'node:os';
import { type DynamicModule, Module } from '@nestjs/common';
import { Announcements, ANNOUNCEMENTS_OPTIONS, type AnnouncementsOptions } from './announcements.js';
import { ServiceDirectory } from './service-directory.js';

/** Gives `Announcements`, and `ServiceDirectory` with the instances that are heard of. */
@Module({})
export class AnnouncementsModule {
  static forRoot(options: AnnouncementsOptions): DynamicModule {
    const directory = new ServiceDirectory(hostname(), options.calls);
    return {
      module: AnnouncementsModule,
      global: true,
      providers: [
        { provide: ANNOUNCEMENTS_OPTIONS, useValue: options },
        { provide: ServiceDirectory, useValue: directory },
        Announcements,
      ],
      exports: [Announcements, ServiceDirectory],
    };
  }
}
