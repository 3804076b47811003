/**
 * The layers of the house, checked by `npm run lint`: contracts ← protocol ← {jwt, persistence, messaging} ← resource-server
 * ← apps, web-server beside them. `tools/boundaries.spec.mjs` proves each rule by an import that breaks it.
 */
const SPEC = '\\.(spec|spec-support)\\.ts$';
/** Code that drives the system from outside, and so may open its own connections and check its tokens. */
const OUTSIDE = '^(dev|bench|test|tools)/';
const lib = (...names) => `^libs/(${names.join('|')})/`;
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;
/** A layer: a library that may import itself and the named libraries, nothing else of ours. */
const layer = (name, ...below) => ({
  name: `layer-${name}`,
  comment: `${name} may import ${below.length === 0 ? 'nothing of ours' : below.join(', ')}`,
  severity: 'error',
  from: { path: `${lib(name)}src/`, pathNot: SPEC },
  to: { path: '^(apps|libs|dev|bench|test)/', pathNot: lib(name, ...below) },
});
/** A technology: packages that only the named places may import. */
const technology = (name, packages, ...places) => ({
  name: `technology-${name}`,
  comment: `only ${places.join(', ')} may import ${packages.join(', ')}`,
  severity: 'error',
  from: { path: '^(apps|libs)/', pathNot: [...places, OUTSIDE] },
  to: { path: npm(...packages) },
});

module.exports = {
  forbidden: [
    layer('contracts'),
    layer('protocol', 'contracts'),
    layer('jwt', 'contracts', 'protocol'),
    layer('persistence', 'contracts', 'protocol'),
    layer('messaging', 'contracts', 'protocol', 'tracing'),
    layer('tracing'),
    layer('web-server', 'contracts'),
    layer('resource-server', 'contracts', 'protocol', 'jwt', 'messaging'),
    {
      name: 'contracts-are-plain',
      comment: 'contracts know no technology but the decorators of messages',
      severity: 'error',
      from: { path: `${lib('contracts')}src/`, pathNot: SPEC },
      to: { pathNot: [lib('contracts'), npm('class-validator', 'class-transformer', 'reflect-metadata')] },
    },
    {
      name: 'protocol-is-pure',
      comment:
        'protocol hashes with node:crypto and knows nothing else: no clock, no die, no HTTP, no promise of others',
      severity: 'error',
      from: { path: `${lib('protocol')}src/`, pathNot: SPEC },
      to: { pathNot: [lib('protocol', 'contracts'), '^(node:)?crypto$'] },
    },
    technology('jose', ['jose', '@nestjs/jwt'], lib('jwt')),
    technology('postgres', ['typeorm', 'pg', '@nestjs/typeorm'], lib('persistence', 'testing')),
    technology('nats', ['@nats-io', 'nats'], lib('messaging', 'testing')),
    technology('tracing', ['@opentelemetry'], lib('tracing')),
    technology('nest-transport', ['@nestjs/microservices'], lib('resource-server'), '^apps/'),
    technology('web-framework', ['fastify', '@nestjs/platform-fastify'], lib('web-server'), '^apps/'),
    {
      name: 'no-hidden-jwt-library',
      comment: 'what @nestjs/jwt stands on is never called around it',
      severity: 'error',
      from: {},
      to: { path: npm('jsonwebtoken', 'jws', 'passport-jwt') },
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'testing-only-from-tests',
      severity: 'error',
      from: { path: '^(apps|libs|dev)/', pathNot: [SPEC, lib('testing')] },
      to: { path: lib('testing') },
    },
    {
      name: 'starter-only-from-tests',
      comment: 'what starts the system is no part of it',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [SPEC, lib('testing')] },
      to: { path: '^(dev|bench|test|tools)/' },
    },
    {
      name: 'only-through-the-door',
      comment: 'another library is its index.ts',
      severity: 'error',
      from: { path: '^(apps|libs|dev|bench|test)/([^/]+)/' },
      to: { path: '^(libs/[^/]+|dev)/src/(?!index\\.ts$)', pathNot: ['^$1/$2/', '^$1/src/'] },
    },
    {
      name: 'endpoints-never-import-one-another',
      severity: 'error',
      from: { path: '^apps/auth-server/src/([^/]+-endpoint)/', pathNot: SPEC },
      to: { path: '^apps/auth-server/src/[^/]+-endpoint/', pathNot: '^apps/auth-server/src/$1/' },
    },
    {
      name: 'service-rooms-never-import-an-endpoint',
      severity: 'error',
      from: { path: '^apps/auth-server/src/[^/]+/', pathNot: ['^apps/auth-server/src/[^/]+-endpoint/', SPEC] },
      to: { path: '^apps/auth-server/src/[^/]+-endpoint/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-dangling-imports',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|bundle|out-tsc)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@tandem/source', 'import', 'node', 'default'],
    },
  },
};
