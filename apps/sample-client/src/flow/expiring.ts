/** Entries that end by themselves; when there are too many the oldest goes. */
export class Expiring<Value> {
  private readonly entries = new Map<string, { readonly value: Value; readonly until: number }>();

  constructor(
    private readonly lifetimeMilliseconds: number,
    private readonly maximum: number,
  ) {}

  put(id: string, value: Value): void {
    if (this.entries.size >= this.maximum) {
      const oldest = this.entries.keys().next();
      if (oldest.done !== true) this.entries.delete(oldest.value);
    }
    this.entries.set(id, { value, until: performance.now() + this.lifetimeMilliseconds });
  }

  get(id: string): Value | undefined {
    const entry = this.entries.get(id);
    if (entry !== undefined && entry.until > performance.now()) return entry.value;
    this.entries.delete(id);
    return undefined;
  }

  take(id: string): Value | undefined {
    const value = this.get(id);
    this.entries.delete(id);
    return value;
  }

  dropWhere(matches: (value: Value) => boolean): number {
    const doomed = [...this.entries].filter(([, { value }]) => matches(value)).map(([id]) => id);
    for (const id of doomed) this.entries.delete(id);
    return doomed.length;
  }
}
