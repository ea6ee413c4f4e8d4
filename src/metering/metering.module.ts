import { Module } from '@nestjs/common';
import { ModelCalls } from './model-calls.js';

/** What calls to models cost, and who may make them. */
@Module({ providers: [ModelCalls], exports: [ModelCalls] })
export class MeteringModule {}
