import { PlaceOrder } from '@tandem/contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

/** The message as its class, or what is wrong with it in words that don't repeat it. */
export function readPlaceOrder(body: unknown): PlaceOrder | { readonly problem: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { problem: 'an order is an object with lines' };
  const order = plainToInstance(PlaceOrder, body);
  const [problem] = validateSync(order, { whitelist: true, forbidNonWhitelisted: true });
  return problem === undefined
    ? order
    : { problem: `${problem.property} is not as it must be: 1 to 50 lines, each with an article and a quantity` };
}
