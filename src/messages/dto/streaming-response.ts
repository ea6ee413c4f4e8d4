import { Choice, Component, Int, Nested, Text, Timestamp } from '../../http/fields.js';
import type { FinishReason } from '../../providers/language-model.js';
import { finishReasons, type StreamingResponseData as StreamingResponse } from '../payload-kinds.js';
import { maxAnswer, maxName } from './limits.js';
import { TokenUsage } from './metadata.js';

@Component({
  about: 'A model’s answer. While it streams, its chunks are pulled; once it is final, it is whole here.',
})
export class StreamingResponseData implements StreamingResponse {
  @Text({
    about: 'The whole answer once the message is final; empty while it streams, when its chunks are pulled.',
    max: maxAnswer,
    example: 'A lease is a claim that ends by itself.',
  })
  readonly content!: string;

  @Text({ about: 'What the model thought before it answered.', max: maxAnswer, optional: true })
  readonly reasoning?: string;

  @Text({ about: 'The model that answers.', min: 1, max: maxName, example: 'scripted/default' })
  readonly model!: string;

  @Timestamp({ about: 'When the answer began.' })
  readonly started_at!: string;

  @Timestamp({ about: 'When it ended.', optional: true })
  readonly completed_at?: string;

  @Choice({ about: 'Why the model stopped.', values: finishReasons, optional: true, example: 'stop' })
  readonly finish_reason?: FinishReason;

  @Nested(() => TokenUsage, { about: 'What the answer cost.', optional: true })
  readonly usage?: TokenUsage;

  @Int({ about: 'Sequence of the last chunk; 0 while the message streams.', min: 0, example: 42 })
  readonly final_sequence!: number;
}
