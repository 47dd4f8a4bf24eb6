import { type DynamicModule, Module } from '@nestjs/common';
import { BacklogCheck, READINESS_CHECKS } from '#service';
import { AnnouncementSchedule } from './announcement-schedule.js';
import { PendingComments } from './pending-comments.service.js';

/** Gives `AnnouncementSchedule`, and says in `/health/ready` how many comments are pending. */
@Module({})
export class PendingModule {
  /** @param announceAgainAfter how long a comment waits for its verdict before it is announced again, in milliseconds */
  static forRoot(announceAgainAfter: number): DynamicModule {
    return {
      module: PendingModule,
      global: true,
      providers: [
        { provide: AnnouncementSchedule, useValue: new AnnouncementSchedule(announceAgainAfter) },
        PendingComments,
        {
          provide: READINESS_CHECKS,
          useFactory: (comments: PendingComments) => [
            // Some wait for a person, however long: that is no fault.
            new BacklogCheck('pending', () => comments.backlog()),
          ],
          inject: [PendingComments],
        },
      ],
      exports: [AnnouncementSchedule, READINESS_CHECKS],
    };
  }
}
