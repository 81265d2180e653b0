import type { ReactNode } from 'react';
import { Providers } from './providers';

export const metadata = { title: 'App' };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="de">
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
