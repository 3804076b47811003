import type { Api } from '@tandem/protocol';
import type { Repository } from 'typeorm';
import type { Database } from '../database.js';
import { ApiEntity } from '../entities/index.js';
import type { ApiRow } from '../entities/index.js';

const CACHE_SECONDS = 30;

/** Protected APIs. There are few, so all of them are held and re-read now and then. */
export class ApiStore {
  private readonly repository: Repository<ApiRow>;
  private held: { readonly apis: ReadonlyMap<string, Api>; readonly until: number } | undefined;

  constructor(database: Database) {
    this.repository = database.dataSource.getRepository(ApiEntity);
  }

  async find(identifier: string): Promise<Api | undefined> {
    return (await this.all()).get(identifier);
  }

  /** Those that there are, in their order. */
  async findAll(identifiers: readonly string[]): Promise<readonly Api[]> {
    const apis = await this.all();
    return identifiers.map((identifier) => apis.get(identifier)).filter((api) => api !== undefined);
  }

  async all(): Promise<ReadonlyMap<string, Api>> {
    const now = performance.now();
    if (this.held === undefined || this.held.until < now) {
      const rows = await this.repository.find();
      const apis = new Map(rows.map(({ identifier, definition }) => [identifier, { identifier, ...definition }]));
      this.held = { apis, until: now + CACHE_SECONDS * 1_000 };
    }
    return this.held.apis;
  }

  async keep({ identifier, ...definition }: Api): Promise<void> {
    await this.repository.upsert({ identifier, definition }, ['identifier']);
    this.held = undefined;
  }
}
