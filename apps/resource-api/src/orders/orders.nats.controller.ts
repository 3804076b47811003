import { ORDERS_SUBJECTS, PlaceOrder } from '@tandem/contracts';
import type { Order } from '@tandem/contracts';
import { Controller, UseFilters, UseGuards } from '@nestjs/common';
import { MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { AccessTokenGuard, CurrentToken, RequireScopes } from '@tandem/resource-server';
import type { AccessToken } from '@tandem/resource-server';
import { StorageUnavailableFilter } from '../storage-unavailable.filter.js';
import { Orders } from './orders.js';
import { readPlaceOrder } from './read-place-order.js';

/** The NATS entrance: the same guard, the access token in the header `authorization` of the message. */
@Controller()
@UseGuards(AccessTokenGuard)
@UseFilters(StorageUnavailableFilter)
export class OrdersNatsController {
  constructor(private readonly orders: Orders) {}

  @MessagePattern(ORDERS_SUBJECTS.list)
  @RequireScopes('read:orders')
  async list(@CurrentToken() token: AccessToken): Promise<{ readonly orders: readonly Order[] }> {
    return { orders: await this.orders.list(token) };
  }

  @MessagePattern(ORDERS_SUBJECTS.place)
  @RequireScopes('write:orders')
  place(@CurrentToken() token: AccessToken, @Payload() payload: unknown): Promise<Order> {
    const order = readPlaceOrder(payload);
    if (!(order instanceof PlaceOrder))
      throw new RpcException({ status: 400, error: 'invalid_request', error_description: order.problem });
    return this.orders.place(token, order);
  }
}
