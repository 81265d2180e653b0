// axe-core as a global of the page.
import axe from 'axe-core';

globalThis.axe = axe;
