import { Module } from '@nestjs/common';
import { EventStreams } from './event-streams.js';
import { Forwarder } from './forwarder.js';
import { ForwardingRoutes } from './forwarding-routes.js';

@Module({ providers: [ForwardingRoutes, Forwarder, EventStreams] })
export class ForwardingModule {}
