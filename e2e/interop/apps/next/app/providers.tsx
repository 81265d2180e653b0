'use client';

import type { ReactNode } from 'react';
import { AuthProvider } from 'amplify-auth/react';

export const Providers = ({ children }: { children: ReactNode }) => <AuthProvider config="/amplify_outputs.json">{children}</AuthProvider>;
