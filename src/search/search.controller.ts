import { Controller, Get, Query } from '@nestjs/common';
import { Operation, Tag } from '../http/operation.js';
import { Caller } from '../http/params.js';
import type { Owner } from '../kernel/ids.js';
import { SearchMessages, SearchResults } from './dto/search-views.js';
import { SearchPull } from './search.pull.js';

@Tag('search')
@Controller('search')
export class SearchController {
  constructor(private readonly pull: SearchPull) {}

  @Get()
  @Operation({
    id: 'searchMessages',
    summary: 'Search messages',
    about:
      'All words must be in a message; `"in quotes"` one after the other, `-word` not at all, `begin*` as a beginning. Case, accents and width do not matter. No text is wrong; without words, the newest messages are found. A message can be found as soon as it is final.',
    answer: { status: 200, about: 'One page, best first; of as good ones, the newest.', type: SearchResults },
    errors: ['invalid_request'],
  })
  search(@Caller() owner: Owner, @Query() query: SearchMessages): Promise<SearchResults> {
    return this.pull.search(owner, query);
  }
}
