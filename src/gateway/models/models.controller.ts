import { Controller, Get, Param, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { documented } from '../../http/documented.js';
import { Operation, Tag, TextPath } from '../../http/operation.js';
import { PathName } from '../../http/params.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ModelCatalog } from '../../providers/model-catalog.js';
import { mapToPage } from './map-to-page.js';
import { ListModels, Model, ModelList } from './model-views.js';

/** The models, for people and for the clients of OpenAI and of Anthropic alike. */
@Tag('models')
@Controller(['models', 'v1/models'])
export class ModelsController {
  constructor(private readonly catalog: ModelCatalog) {}

  @Get()
  @RouteConfig({ takesApiKey: true })
  @Operation({
    id: 'listModels',
    summary: 'List the models',
    about:
      'Those that the settings name, and those that the providers’ servers list: the answer waits a little for a list that there never was, and has an older one otherwise. One shape for the clients of OpenAI and of Anthropic.',
    answer: { status: 200, about: 'All, or one page.', type: ModelList },
    errors: ['invalid_request'],
  })
  async list(@Query() query: ListModels): Promise<ModelList> {
    const page = mapToPage(await this.catalog.all(), query);
    return { ...page, object: 'list', data: page.data.map((card) => Model.of(card)) };
  }

  @Get(':model_id')
  @RouteConfig({ takesApiKey: true })
  @TextPath(
    'model_id',
    'The id of the model, or an alias, with or without its slashes encoded.',
    'scripted/default',
  )
  @Operation({
    id: 'getModel',
    summary: 'Get a model',
    answer: { status: 200, about: 'The model.', type: Model },
    errors: ['model_not_found'],
  })
  get(@PathName('model_id') id: string): Promise<Model> {
    return this.find(id);
  }

  /** The same where the slashes of the id are those of the address. */
  @Get('*')
  @RouteConfig({ takesApiKey: true })
  @documented(({ ApiExcludeEndpoint }) => ApiExcludeEndpoint())
  getByPath(@Param('*') id: string): Promise<Model> {
    return this.find(id);
  }

  private async find(id: string): Promise<Model> {
    const card = await this.catalog.find(id);
    if (card) return Model.of(card);
    const message = 'There is no such model; GET /models lists those that there are.';
    // The member that the clients of both vendors look for.
    const error = { message, type: 'not_found_error', param: 'model', code: 'model_not_found' };
    throw new DomainError('model_not_found', message, { error });
  }
}
