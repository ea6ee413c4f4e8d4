import { Module } from '@nestjs/common';
import { FrontPage } from './front-page.js';

/** What a browser is shown. */
@Module({ providers: [FrontPage], exports: [FrontPage] })
export class PagesModule {}
