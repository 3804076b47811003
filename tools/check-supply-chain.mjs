/**
 * What may come into the project: exact versions, a lockfile that agrees with them, licenses, no package with a known hole, and
 * no forbidden one. Needs no network. `--sbom FILE` also writes the bill of materials of production (CycloneDX, made by npm
 * from the lockfile); `--online` also asks npm's advisory service.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { productionPackages, productionSbom } from './sbom.mjs';
import { isBelow, isExact } from './versions.mjs';

const root = resolve(import.meta.dirname, '..');
const readJson = (path) => JSON.parse(readFileSync(resolve(root, path), 'utf8'));
const policy = readJson('security/policy.json');
const lock = readJson('package-lock.json');

const problems = [];
const report = (where, why) => problems.push(`${where}: ${why}`);

/** Folders with a package.json of ours that the lockfile knows. */
const workspaces = Object.keys(lock.packages).filter((path) => path === '' || !path.includes('node_modules'));
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'];

const packages = Object.entries(lock.packages)
  .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
  .map(([path, entry]) => ({ ...entry, path }));
const production = productionPackages(lock);

function checkManifest(folder) {
  const manifest = readJson(join(folder, 'package.json'));
  const where = join(folder, 'package.json');
  const locked = lock.packages[folder];
  for (const kind of KINDS) {
    const wanted = manifest[kind] ?? {};
    for (const [name, version] of Object.entries(wanted)) {
      if (!isExact(name, version)) report(where, `${name} is not an exact version: ${version}`);
      if (policy.onlyIndirectly.includes(name)) report(where, `${name} may not be a direct dependency`);
      if (locked[kind]?.[name] !== version) report(where, `${name} differs from the lockfile: run npm install`);
    }
    for (const name of Object.keys(locked[kind] ?? {}))
      if (wanted[name] === undefined) report('package-lock.json', `${name} of ${where} is gone from there`);
  }
  for (const [name, version] of Object.entries(manifest.overrides ?? {}))
    if (!isExact(name, version)) report(where, `the override of ${name} is not an exact version`);
}

function checkDirectDependencies() {
  const { dependencies } = readJson('package.json');
  const count = Object.keys(dependencies).length;
  if (count > policy.maximumDirectDependencies)
    report('package.json', `${count} direct dependencies, more than ${policy.maximumDirectDependencies}`);
  for (const [name, version] of Object.entries(dependencies)) {
    const installed = lock.packages[`node_modules/${name}`]?.version;
    if (installed !== version) report('package-lock.json', `has ${name} ${installed}, package.json wants ${version}`);
  }
}

function checkLockfile() {
  if (lock.lockfileVersion !== 3) report('package-lock.json', `is of version ${lock.lockfileVersion}, not 3`);
  for (const { path, integrity, inBundle } of packages)
    if (inBundle !== true && integrity?.startsWith('sha512-') !== true)
      report('package-lock.json', `${path} has no sha512`);
}

function checkLicenses() {
  for (const { name, version, license } of production) {
    const names = (license ?? 'none').replace(/[()]/g, '').split(/ (?:OR|AND) /);
    const allowed = license?.includes(' AND ')
      ? names.every((one) => policy.licenses.includes(one))
      : names.some((one) => policy.licenses.includes(one));
    if (!allowed)
      report(`${name}@${version}`, `license ${license ?? 'unknown'} is not on the list of security/policy.json`);
  }
}

function checkKnownHoles() {
  for (const { package: affected, below, id, cause } of readJson('security/known-vulns.json'))
    for (const { name, version } of production)
      if (name === affected && isBelow(version, below))
        report(`${name}@${version}`, `${id}: ${cause}; fixed in ${below}`);
  for (const [wanted, minimum] of Object.entries(policy.minimums))
    for (const { name, version } of production)
      if (name === wanted && isBelow(version, minimum)) report(`${name}@${version}`, `must be ${minimum} or newer`);
}

function checkForbidden() {
  for (const { name, version } of production)
    if (policy.forbidden[name] !== undefined) report(`${name}@${version}`, `is forbidden: ${policy.forbidden[name]}`);
  for (const { name, hasInstallScript } of production)
    if (hasInstallScript === true && !policy.installScripts.includes(name))
      report(name, 'runs a script when it is installed');
}

function checkImages() {
  const text =
    readFileSync(resolve(root, 'deploy/Dockerfile'), 'utf8') +
    readFileSync(resolve(root, 'docker-compose.yml'), 'utf8');
  for (const [image, minimum] of Object.entries(policy.images)) {
    const tags = [...text.matchAll(new RegExp(`\\b${image}:(\\d[^\\s@]*)`, 'g'))].map(([, tag]) => tag);
    if (tags.length === 0) report(image, 'no image of that name was found');
    for (const tag of tags)
      if (isBelow(tag.split('-')[0], minimum)) report(`${image}:${tag}`, `must be ${minimum} or newer`);
  }
}

function writeSbom(file) {
  const sbom = productionSbom(root);
  mkdirSync(dirname(resolve(root, file)), { recursive: true });
  writeFileSync(resolve(root, file), JSON.stringify(sbom, null, 2));
  console.log(`${file}: ${sbom.components.length} components`);
}

const option = (name) => process.argv.includes(name);

for (const folder of workspaces) checkManifest(folder);
for (const platform of readdirSync(resolve(root, 'dev/nats'))) {
  const { dependencies = {} } = readJson(`dev/nats/${platform}/package.json`);
  for (const [name, version] of Object.entries(dependencies))
    if (!isExact(name, version)) report(`dev/nats/${platform}`, `${name} is not an exact version`);
}
checkDirectDependencies();
checkLockfile();
checkLicenses();
checkKnownHoles();
checkForbidden();
checkImages();
if (option('--sbom')) writeSbom(process.argv[process.argv.indexOf('--sbom') + 1]);
if (option('--online')) {
  try {
    execFileSync('npm', ['audit', '--omit=dev', '--audit-level=moderate'], { cwd: root, stdio: 'inherit' });
  } catch {
    report('npm audit', 'tells of holes, or could not be asked; its words are above');
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else
  console.log(`supply chain: ${production.length} packages of production, ${packages.length} in all, nothing to tell`);
