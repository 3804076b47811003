import type { Socket } from 'node:net';
import pg from 'pg';

/** The part of the driver's connection that speaks COPY. */
interface CopyConnection {
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

const CHUNK_BYTES = 1 << 18;

/** COPY … FROM STDIN as the driver takes queries: it calls the handlers as the server's messages come. */
class CopyIn {
  constructor(
    private readonly text: string,
    private readonly rows: Iterable<string>,
    private readonly done: (error?: Error) => void,
  ) {}

  submit(connection: CopyConnection): void {
    connection.query(this.text);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.send(connection).then(
      () => connection.endCopyFrom(),
      (error: Error) => this.done(error),
    );
  }

  handleCommandComplete(): void {
    // Said again, for good, by handleReadyForQuery.
  }

  handleReadyForQuery(): void {
    this.done();
  }

  handleError(error: Error): void {
    this.done(error);
  }

  private async send(connection: CopyConnection): Promise<void> {
    let chunk = '';
    const flush = async (): Promise<void> => {
      connection.sendCopyFromChunk(Buffer.from(chunk));
      chunk = '';
      // The server reads slower than we write: without this the rows would pile up in memory.
      if (connection.stream.writableNeedDrain) await new Promise((resolve) => connection.stream.once('drain', resolve));
    };
    for (const row of this.rows) {
      chunk += `${row}\n`;
      if (chunk.length >= CHUNK_BYTES) await flush();
    }
    await flush();
  }
}

/** Loads rows of tab-separated text into the named columns of a table. */
export async function copyRows(
  url: string,
  table: string,
  columns: readonly string[],
  rows: Iterable<string>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = off');
    await new Promise<void>((resolve, reject) => {
      const text = `COPY ${table} (${columns.join(', ')}) FROM STDIN`;
      client.query(
        new CopyIn(text, rows, (error) =>
          error === undefined ? resolve() : reject(error),
        ) as unknown as pg.Submittable,
      );
    });
  } finally {
    await client.end();
  }
}
