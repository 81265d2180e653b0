// step-up.js: where the steps of showSignIn({ stepUp }) begin, also again. flow.stepUp is what is asked for, and
// flow.step the first step if it is known.

import { follow, respond } from './steps.js';

async function begin(context) {
  const { flow, signal } = context;
  const auth = await context.auth();
  const step = flow.step ?? await auth.stepUp({ ...flow.stepUp, signal });
  // A choice of the password alone is none. PASSWORD lets the user type it once more where PASSWORD_SRP ends the steps.
  const passwordAlone = step.allowedFactors?.every((factor) => factor.startsWith('PASSWORD'));
  const next = await (passwordAlone ? respond(context, 'PASSWORD') : follow(context, step));
  flow.first = flow.step.signInState;
  return next;
}

export const stepUp = {
  title: 'stepUp.title',
  standIn: true,
  enter: begin,
  choices: () => [{ text: 'common.continue', kind: 'primary solid', run: begin }], // after a failure
};
