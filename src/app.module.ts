import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ActionsModule } from './actions/actions.module.js';
import { AttachmentsModule } from './attachments/attachments.module.js';
import { ConfigModule } from './config/config.module.js';
import { Settings } from './config/settings.js';
import { ContextsModule } from './contexts/contexts.module.js';
import { entities } from './entities.js';
import { EventsModule } from './events/events.module.js';
import { ExchangesModule } from './exchanges/exchanges.module.js';
import { GatewayModule } from './gateway/gateway.module.js';
import { ResponsesModule } from './gateway/responses/responses.module.js';
import { ModelsModule } from './gateway/models/models.module.js';
import { HealthModule } from './health/health.module.js';
import { AccessGuard } from './http/access.guard.js';
import { validationPipe } from './http/fields.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Clock, SystemClock } from './kernel/clock.js';
import { LegacyModule } from './legacy/legacy.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { PagesModule } from './pages/pages.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { RunsModule } from './runs/runs.module.js';
import { SearchModule } from './search/search.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { StorageModule } from './storage/storage.module.js';
import { StreamingModule } from './streaming/streaming.module.js';
import { SubscriptionsModule } from './subscriptions/subscriptions.module.js';
import { ToolCatalogModule } from './tool-catalog/tool-catalog.module.js';
import { TransferModule } from './transfer/transfer.module.js';
import { UiMessagesModule } from './ui-messages/ui-messages.module.js';
import { WorkflowsModule } from './workflows/workflows.module.js';
import { WelcomeController } from './welcome.controller.js';

@Global()
@Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
class ClockModule {}

/** The house. */
@Module({})
export class AppModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(settings),
        ClockModule,
        EventsModule.with(Settings),
        StorageModule.with(entities),
        ContextsModule,
        MessagesModule,
        AttachmentsModule,
        StreamingModule,
        RunsModule,
        ActionsModule,
        RetentionModule,
        SessionsModule,
        ToolCatalogModule,
        WorkflowsModule,
        ExchangesModule,
        SearchModule,
        SubscriptionsModule,
        TransferModule,
        GatewayModule,
        ResponsesModule,
        ModelsModule,
        UiMessagesModule,
        LegacyModule,
        HealthModule,
        PagesModule,
        MetricsModule,
      ],
      controllers: [WelcomeController],
      providers: [
        // Without tokens there is nobody to keep out, and a guard that lets everybody pass is asked all the same.
        ...(settings.tokens.length > 0 || settings.metricsToken !== undefined
          ? [{ provide: APP_GUARD, useClass: AccessGuard }]
          : []),
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: validationPipe },
      ],
    };
  }
}
