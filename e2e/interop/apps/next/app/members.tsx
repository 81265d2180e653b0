'use client';

import { RequireAuth } from 'amplify-auth/react';
import { Profile } from '../profile';

/** For members only: everybody else gets the form. */
export const Members = () => <RequireAuth loading={<p>…</p>}><Profile /></RequireAuth>;
