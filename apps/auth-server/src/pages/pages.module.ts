import { Module } from '@nestjs/common';
import { Pages } from './pages.js';

/** Renders pages and sets their security headers. It never decides which page comes next. */
@Module({ providers: [Pages], exports: [Pages] })
export class PagesModule {}
