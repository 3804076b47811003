import { Module } from '@nestjs/common';
import { DiscoveryController } from './discovery.controller.js';

/** Says what this server is and can do, from the lists of what is installed, and publishes its keys. It never says more. */
@Module({ controllers: [DiscoveryController] })
export class DiscoveryModule {}
