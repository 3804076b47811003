#!/usr/bin/env node
import 'reflect-metadata';

// Decorators, which run while modules are loaded, need what is imported above.
await import('./command-line.js');
