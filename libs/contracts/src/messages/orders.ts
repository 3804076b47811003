import 'reflect-metadata';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsInt, IsString, Length, Max, Min, ValidateNested } from 'class-validator';

/** One line of an order. */
export class OrderLine {
  @IsString() @Length(1, 120) readonly article: string;
  @IsInt() @Min(1) @Max(1_000) readonly quantity: number;
}

/** Asks the orders API to place an order for the signed-in user. */
export class PlaceOrder {
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  readonly lines: readonly OrderLine[];
}

/** An order as the API answers it. `placed_at` is an RFC 3339 instant. */
export interface Order {
  readonly id: string;
  readonly status: 'placed' | 'shipped' | 'delivered';
  readonly placed_at: string;
  readonly lines: readonly { readonly article: string; readonly quantity: number }[];
}
