import { Global, Module } from '@nestjs/common';
import { BacklogCheck, READINESS_CHECKS } from '#service';
import { ParkedComments } from './parked-comments.service.js';
import { ProjectionModule } from './projection.module.js';
import { ReadModelController } from './read-model.controller.js';
import { ReadModelService } from './read-model.service.js';

const parkedCheck = {
  provide: READINESS_CHECKS,
  useFactory: (parked: ParkedComments) => [new BacklogCheck('parked', () => parked.backlog())],
  inject: [ParkedComments],
};

@Global()
@Module({
  imports: [ProjectionModule],
  controllers: [ReadModelController],
  providers: [ReadModelService, parkedCheck],
  exports: [READINESS_CHECKS],
})
export class ReadModelModule {}
