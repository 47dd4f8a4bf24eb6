import { Module } from '@nestjs/common';
import { CasesController } from './cases.controller.js';
import { CasesEvents } from './cases.events.js';
import { CasesService } from './cases.service.js';

@Module({ controllers: [CasesController, CasesEvents], providers: [CasesService] })
export class CasesModule {}
