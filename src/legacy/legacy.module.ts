import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { ActionsModule } from '../actions/actions.module.js';
import { announceSuccessors } from './deprecation.js';
import { LegacyController } from './legacy.controller.js';

@Module({ imports: [ActionsModule], controllers: [LegacyController] })
export class LegacyModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    announceSuccessors(this.host.httpAdapter.getInstance<FastifyInstance>());
  }
}
