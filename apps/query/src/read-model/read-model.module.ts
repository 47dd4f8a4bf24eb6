import { Module } from '@nestjs/common';
import { ProjectionModule } from './projection.module.js';
import { ReadModelController } from './read-model.controller.js';
import { ReadModelService } from './read-model.service.js';

@Module({
  imports: [ProjectionModule],
  controllers: [ReadModelController],
  providers: [ReadModelService],
})
export class ReadModelModule {}
