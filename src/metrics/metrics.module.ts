import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { MetricsController } from './metrics.controller.js';
import { OpenRunsPull } from './open-runs.pull.js';
import { ServerGauges } from './server-gauges.js';

/** What is measured, for Prometheus. */
@Module({ imports: [RunsModule], controllers: [MetricsController], providers: [OpenRunsPull, ServerGauges] })
export class MetricsModule {}
