import { Module } from '@nestjs/common';
import { ActionsModule } from '../actions/actions.module.js';
import { LegacyController } from './legacy.controller.js';

@Module({ imports: [ActionsModule], controllers: [LegacyController] })
export class LegacyModule {}
