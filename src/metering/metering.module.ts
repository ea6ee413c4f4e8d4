import { Module } from '@nestjs/common';
import { ApprovalConsole } from './approval/approval-console.js';
import { CallDecisions } from './approval/call-decisions.js';
import { ModelCallsController } from './approval/model-calls.controller.js';
import { PendingCalls } from './approval/pending-calls.js';
import { RateLimits } from './limits/rate-limits.js';
import { ModelCalls } from './model-calls.js';
import { UsageController } from './usage/usage.controller.js';
import { UsagePull } from './usage/usage.pull.js';
import { UsageStore } from './usage/usage.store.js';

/** What calls to models cost, and who may make them. */
@Module({
  controllers: [UsageController, ModelCallsController],
  providers: [ModelCalls, PendingCalls, CallDecisions, ApprovalConsole, RateLimits, UsageStore, UsagePull],
  exports: [ModelCalls],
})
export class MeteringModule {}
