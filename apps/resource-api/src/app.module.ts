import { type DynamicModule, Module } from '@nestjs/common';
import { OrderStore, Database, PersistenceModule } from '@tandem/persistence';
import { ResourceServerModule } from '@tandem/resource-server';
import type { ResourceApiConfig } from './config.js';
import { Orders } from './orders/orders.js';
import { OrdersHttpController } from './orders/orders.http.controller.js';
import { OrdersNatsController } from './orders/orders.nats.controller.js';

/** A small API that lives by Tandem's access tokens: orders of the signed-in user, over HTTP and over NATS. */
@Module({})
export class AppModule {
  static forRoot(config: ResourceApiConfig): DynamicModule {
    const { issuer, identifier: audience, client, stalenessSeconds, url: resourceUrl, nats } = config;
    return {
      module: AppModule,
      imports: [
        PersistenceModule.forRoot({ url: config.databaseUrl }),
        ResourceServerModule.forRoot({
          issuer,
          audience,
          client,
          stalenessSeconds,
          resourceUrl,
          ...(nats === undefined ? {} : { nats }),
        }),
      ],
      controllers: [OrdersHttpController, OrdersNatsController],
      providers: [
        Orders,
        { provide: OrderStore, useFactory: (database: Database) => new OrderStore(database), inject: [Database] },
      ],
    };
  }
}
