import 'reflect-metadata';
import './tracing.js';

// Decorators, which run while modules are loaded, need the first import, and only what is loaded later can be traced.
await import('./program.js');
