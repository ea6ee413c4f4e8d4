import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { prefersHtml } from './accept-format.js';
import { frontPage } from './page-files.js';
import { addVary, ServedFile } from './served-file.js';

/** The playground at `/`, where programs get JSON. */
@Injectable()
export class FrontPage {
  private readonly page?: ServedFile;

  constructor({ playground }: Settings) {
    if (!playground) return;
    const file = frontPage();
    if (file) this.page = new ServedFile(file);
    else new Logger('pages').warn('There is no playground to show: npm run build makes it.');
  }

  /** The page, when the request asks for one; undefined when it is not to be had, or JSON is wanted. */
  pageFor(request: FastifyRequest, reply: FastifyReply): ServedFile | undefined {
    if (!this.page) return undefined;
    addVary(reply, 'Accept');
    return prefersHtml(request.headers.accept) ? this.page : undefined;
  }
}
