import { Module } from '@nestjs/common';
import { RateLimits } from './limits/rate-limits.js';
import { ModelCalls } from './model-calls.js';
import { UsageController } from './usage/usage.controller.js';
import { UsagePull } from './usage/usage.pull.js';
import { UsageStore } from './usage/usage.store.js';

/** What calls to models cost, and who may make them. */
@Module({
  controllers: [UsageController],
  providers: [ModelCalls, RateLimits, UsageStore, UsagePull],
  exports: [ModelCalls],
})
export class MeteringModule {}
