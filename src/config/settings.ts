import { AttachmentsSettings } from './tables/attachments-settings.js';
import { BranchesSettings } from './tables/branches-settings.js';
import { BuiltinToolsSettings } from './tables/builtin-tools-settings.js';
import { CompressionSettings } from './tables/compression-settings.js';
import { CopilotSettings } from './tables/copilot-settings.js';
import { EventsSettings } from './tables/events-settings.js';
import { ExchangesSettings } from './tables/exchanges-settings.js';
import { GatewaySettings } from './tables/gateway-settings.js';
import { McpSettings } from './tables/mcp-settings.js';
import { MeteringSettings } from './tables/metering-settings.js';
import { PagesSettings } from './tables/pages-settings.js';
import { PromptsSettings } from './tables/prompts-settings.js';
import { ProvidersSettings } from './tables/providers-settings.js';
import { RetentionSettings } from './tables/retention-settings.js';
import { RoutingSettings } from './tables/routing-settings.js';
import { RunsSettings } from './tables/runs-settings.js';
import { SearchSettings } from './tables/search-settings.js';
import { ServerSettings } from './tables/server-settings.js';
import { SessionsSettings } from './tables/sessions-settings.js';
import { StorageSettings } from './tables/storage-settings.js';
import { TelemetrySettings } from './tables/telemetry-settings.js';
import { ToolsSettings } from './tables/tools-settings.js';
import { TransferSettings } from './tables/transfer-settings.js';
import { UiSettings } from './tables/ui-settings.js';
import { WorkflowsSettings } from './tables/workflows-settings.js';

type Table = new () => object;

type AllOf<Tables extends readonly Table[]> = Tables extends readonly [
  new () => infer First extends object,
  ...infer Rest extends readonly Table[],
]
  ? First & AllOf<Rest>
  : object;

/** A class with the fields of all of these. */
const allOf = <Tables extends readonly Table[]>(...tables: Tables): new () => AllOf<Tables> =>
  class {
    constructor() {
      for (const Each of tables) Object.assign(this, new Each());
    }
  } as new () => AllOf<Tables>;

/**
 * Everything that can be set, with its default: a table for each part of the server. Made by readSettings; nothing else
 * reads the environment. After a change in a table: `npx vitest run --project unit src/config -u` writes
 * docs/reference/settings.md anew.
 */
export class Settings extends allOf(
  ServerSettings,
  StorageSettings,
  RetentionSettings,
  SessionsSettings,
  EventsSettings,
  BranchesSettings,
  RunsSettings,
  ProvidersSettings,
  RoutingSettings,
  MeteringSettings,
  CopilotSettings,
  PromptsSettings,
  CompressionSettings,
  ToolsSettings,
  BuiltinToolsSettings,
  McpSettings,
  WorkflowsSettings,
  ExchangesSettings,
  AttachmentsSettings,
  SearchSettings,
  TransferSettings,
  GatewaySettings,
  PagesSettings,
  TelemetrySettings,
  UiSettings,
) {}
