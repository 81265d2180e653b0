// Renders the app into the built page, as a server would for each request.
import { readFileSync, writeFileSync } from 'node:fs';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { App } from './app';

const page = readFileSync('dist/index.html', 'utf8');
writeFileSync('dist/index.html', page.replace('<div id="root">', `$&${renderToString(<StrictMode><App /></StrictMode>)}`));
