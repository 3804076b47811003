import { deviceName } from './device-name.js';

const APPLE = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

it.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Windows'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${APPLE} Chrome/140.0.0.0 Safari/537.36`, 'Chrome · Linux'],
  [`Mozilla/5.0 (Windows NT 10.0) ${APPLE} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`, 'Edge · Windows'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/18.0 Safari/605.1.15`, 'Safari · macOS'],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${APPLE} CriOS/140.0 Mobile Safari/604.1`,
    'Chrome · iPhone',
  ],
  [
    `Mozilla/5.0 (Linux; Android 15) ${APPLE} SamsungBrowser/27.0 Chrome/125.0.0.0 Safari/537.36`,
    'Samsung Internet · Android',
  ],
  ['curl/8.9.0', 'curl/8.9.0'],
  ['', ''],
  ['x'.repeat(200), 'x'.repeat(60)],
])('shows %s as %s', (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});
