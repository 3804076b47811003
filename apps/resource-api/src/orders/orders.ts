import type { Order, PlaceOrder } from '@tandem/contracts';
import { Injectable } from '@nestjs/common';
import { OrderStore } from '@tandem/persistence';
import type { AccessToken } from '@tandem/resource-server';

/** What the API does, the same for both entrances: a user's own orders and nothing else. */
@Injectable()
export class Orders {
  constructor(private readonly store: OrderStore) {}

  list({ subject }: AccessToken): Promise<readonly Order[]> {
    return this.store.list(subject);
  }

  find({ subject }: AccessToken, id: string): Promise<Order | undefined> {
    return this.store.find(subject, id);
  }

  place({ subject }: AccessToken, { lines }: PlaceOrder): Promise<Order> {
    return this.store.place(subject, lines);
  }
}
