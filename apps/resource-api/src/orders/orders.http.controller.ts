import { PlaceOrder } from '@tandem/contracts';
import type { Order } from '@tandem/contracts';
import { Body, Controller, Get, Header, HttpException, Param, Post, UseFilters, UseGuards } from '@nestjs/common';
import { AccessTokenGuard, CurrentToken, RequireScopes } from '@tandem/resource-server';
import type { AccessToken } from '@tandem/resource-server';
import { StorageUnavailableFilter } from '../storage-unavailable.filter.js';
import { Orders } from './orders.js';
import { readPlaceOrder } from './read-place-order.js';

/** The HTTP entrance. */
@Controller('orders')
@UseGuards(AccessTokenGuard)
@UseFilters(StorageUnavailableFilter)
export class OrdersHttpController {
  constructor(private readonly orders: Orders) {}

  @Get()
  @RequireScopes('read:orders')
  @Header('cache-control', 'no-store')
  async list(@CurrentToken() token: AccessToken): Promise<{ readonly orders: readonly Order[] }> {
    return { orders: await this.orders.list(token) };
  }

  @Get(':id')
  @RequireScopes('read:orders')
  @Header('cache-control', 'no-store')
  async find(@CurrentToken() token: AccessToken, @Param('id') id: string): Promise<Order> {
    const order = id.length > 64 ? undefined : await this.orders.find(token, id);
    if (order === undefined)
      throw new HttpException({ error: 'not_found', error_description: 'there is no such order' }, 404);
    return order;
  }

  @Post()
  @RequireScopes('write:orders')
  @Header('cache-control', 'no-store')
  async place(@CurrentToken() token: AccessToken, @Body() body: unknown): Promise<Order> {
    const order = readPlaceOrder(body);
    if (!(order instanceof PlaceOrder))
      throw new HttpException({ error: 'invalid_request', error_description: order.problem }, 400);
    return this.orders.place(token, order);
  }
}
