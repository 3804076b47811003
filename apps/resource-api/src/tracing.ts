import { startTracing } from '@tandem/tracing';

/** Whether spans are made. The first import of the program: what is loaded after it can be traced. */
export const isTraced = startTracing('resource-api');
