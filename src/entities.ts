import {
  SystemPromptEntity,
  SystemPromptVersionEntity,
} from './contexts/system-prompts/system-prompt.entity.js';
import { AttachmentEntity } from './attachments/attachment.entity.js';
import { AttachmentFileEntity } from './attachments/attachment-file.entity.js';
import { AttachmentReferenceEntity } from './attachments/attachment-reference.entity.js';
import { BranchEntity } from './contexts/branch.entity.js';
import { BranchPartEntity } from './contexts/branch-part.entity.js';
import { ContextEntity } from './contexts/context.entity.js';
import { ConversationEntity } from './exchanges/conversations/conversation.entity.js';
import { ExchangeEntity } from './exchanges/tables/exchange.entity.js';
import { ExchangeItemEntity } from './exchanges/tables/exchange-item.entity.js';
import { ExchangePartEntity } from './exchanges/tables/exchange-part.entity.js';
import { MessageEntity } from './messages/message.entity.js';
import { RemovedMessageEntity } from './messages/removed-message.entity.js';
import { AuditEntryEntity } from './retention/audit/audit-entry.entity.js';
import { DeletedContextEntity } from './retention/deleted-context.entity.js';
import { UsageEntity } from './metering/usage/usage.entity.js';
import { PinEntity } from './messages/pin.entity.js';
import { SessionEntity } from './sessions/session.entity.js';
import { RunEntity } from './runs/run.entity.js';
import { ToolCallEntity } from './runs/tool-rounds/tool-call.entity.js';
import { SearchBacklogEntity } from './search/search-backlog.entity.js';
import { SearchDocumentEntity } from './search/search-document.entity.js';
import { ChunkBlockEntity } from './streaming/chunk-block.entity.js';
import { ChunkEntity } from './streaming/chunk.entity.js';
import { CompactionEntity } from './streaming/compaction.entity.js';
import { OpenStreamEntity } from './streaming/open-stream.entity.js';
import { ImportEntity } from './transfer/import/import.entity.js';
import { ImportedContextEntity } from './transfer/import/imported-context.entity.js';
import { WorkflowExecutionEntity } from './workflows/execution/workflow-execution.entity.js';
import { WorkflowStepEntity } from './workflows/execution/workflow-step.entity.js';

/** Every table that a room has; the storage knows none of them by itself. */
export const entities = [
  ContextEntity,
  BranchEntity,
  BranchPartEntity,
  SystemPromptEntity,
  SystemPromptVersionEntity,
  MessageEntity,
  RemovedMessageEntity,
  PinEntity,
  OpenStreamEntity,
  ChunkEntity,
  ChunkBlockEntity,
  CompactionEntity,
  RunEntity,
  ToolCallEntity,
  WorkflowExecutionEntity,
  WorkflowStepEntity,
  ExchangeEntity,
  ExchangePartEntity,
  ExchangeItemEntity,
  ConversationEntity,
  DeletedContextEntity,
  SessionEntity,
  AuditEntryEntity,
  AttachmentFileEntity,
  AttachmentEntity,
  AttachmentReferenceEntity,
  SearchDocumentEntity,
  SearchBacklogEntity,
  ImportEntity,
  ImportedContextEntity,
  UsageEntity,
] as const;
