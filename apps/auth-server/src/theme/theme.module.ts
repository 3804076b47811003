import { Module } from '@nestjs/common';
import { ThemeController } from './theme.controller.js';

/** How the pages look, from a few declared settings. It only ever sets colours that can be read, and never a script. */
@Module({ controllers: [ThemeController] })
export class ThemeModule {}
