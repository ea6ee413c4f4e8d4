import type { LanguageModelV3 } from '@ai-sdk/provider';
import { partsReaderOf } from '../dialects/parts-reader-of.js';
import { followAbort } from '../follow-abort.js';
import type { Dialect, LanguageModel } from '../language-model.js';
import { ModelError } from '../model-error.js';
import { factsOf } from '../model-facts.js';
import type { ListedModel, ModelProvider } from '../model-provider.js';
import type { Relay, RelayTarget } from '../relay.js';
import { convertError, convertRefusal, noAnswer, type ErrorScene } from './convert-error.js';
import { convertModels } from './convert-models.js';
import { decodeBody } from './decode-body.js';
import { HttpRelay } from './http-relay.js';
import { KeptModels } from './kept-models.js';
import { readAtMost } from './read-at-most.js';
import type { UpstreamConnection } from './upstream-connection.js';
import { UpstreamModel } from './upstream-model.js';
import { withStops } from './with-stops.js';

export interface UpstreamPlan {
  readonly name: string;
  readonly models: readonly string[];
  readonly takesAnyName: boolean;
  readonly needsMaxTokens?: boolean;
  readonly maxAnswerBytes: number;
  readonly connection: UpstreamConnection;
  /** What its models are asked in. */
  readonly dialect: Dialect;
  /** The SDK's model, by the name that the server has for it. */
  readonly sdkModel: (serverName: string) => LanguageModelV3;
  /** What the server calls a model; unset, by the name that it has here. */
  readonly serverName?: (name: string) => string;
  /** Where requests of a kind go, under the base URL; undefined where the server takes none. */
  readonly pathOf: (target: RelayTarget, serverName: string) => string | undefined;
  /** Sent with relayed requests for what the caller left out, and with the question for the list. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the list of models is, under the base URL; unset, there is none. */
  readonly listPath?: string;
  /** Reads the list of a server that has one of its own kind; undefined for what is none. */
  readonly convertList?: typeof convertModels;
  /** Ends what there is beside the connections. */
  readonly onClose?: () => void;
}

/** A server that is asked over HTTP, whichever dialects it speaks. */
export class UpstreamProvider implements ModelProvider {
  readonly name: string;
  readonly models: readonly string[];
  readonly takesAnyName: boolean;
  readonly needsMaxTokens: boolean;
  readonly factsOf = factsOf;
  readonly list?: (abort: AbortSignal) => Promise<readonly ListedModel[]>;
  private readonly kept: KeptModels;

  constructor(private readonly plan: UpstreamPlan) {
    this.name = plan.name;
    this.models = plan.models;
    this.takesAnyName = plan.takesAnyName;
    this.needsMaxTokens = plan.needsMaxTokens ?? false;
    this.kept = new KeptModels(plan.sdkModel);
    const { listPath } = plan;
    if (listPath !== undefined) this.list = (abort) => this.ask(listPath, abort);
  }

  model(name: string): LanguageModel {
    const { dialect, connection, maxAnswerBytes } = this.plan;
    const model = new UpstreamModel(`${this.name}/${name}`, {
      sdkModel: () => this.kept.get(this.serverName(name)),
      target: { dialect, model: name, reasons: factsOf(name)?.reasoning },
      reader: partsReaderOf(dialect),
      fetch: connection.fetch,
      maxAnswerBytes,
      scene: () => this.scene(),
    });
    return dialect === 'responses' ? withStops(model) : model;
  }

  relay(name: string, target: RelayTarget): Relay | undefined {
    const { connection, headers = {} } = this.plan;
    const model = this.serverName(name);
    const path = this.plan.pathOf(target, model);
    if (path === undefined) return undefined;
    return new HttpRelay({ connection, path, model, headers, scene: () => this.scene() });
  }

  close(): Promise<void> {
    this.plan.onClose?.();
    return this.plan.connection.close();
  }

  private async ask(listPath: string, abort: AbortSignal): Promise<readonly ListedModel[]> {
    const { connection, headers = {}, maxAnswerBytes, convertList = convertModels } = this.plan;
    const { controller, unfollow } = followAbort(abort);
    try {
      const url = connection.urlOf(listPath);
      const answer = await connection.send({ method: 'GET', url, headers }, controller.signal);
      const { status, headers: given } = await answer.head.catch((error: unknown) => {
        throw noAnswer(error, this.scene());
      });
      const body = await readAtMost(decodeBody(answer, given), maxAnswerBytes);
      if (status !== 200) throw convertRefusal(status, body.toString(), given, this.scene());
      return convertList(parse(body)) ?? noList(this.name);
    } catch (error) {
      throw abort.aborted ? abort.reason : convertError(error, this.scene());
    } finally {
      unfollow();
    }
  }

  private serverName(name: string): string {
    return this.plan.serverName?.(name) ?? name;
  }

  private scene(): ErrorScene {
    return { provider: this.name, now: Date.now(), secrets: this.plan.connection.secrets };
  }
}

function noList(provider: string): never {
  const message = `The provider "${provider}" sent no list of models.`;
  throw new ModelError('upstream_protocol', message, { retryable: true });
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}
