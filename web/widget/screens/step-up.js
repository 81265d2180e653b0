// step-up.js: showSignIn({ stepUp }). flow.stepUp is what is asked for, and flow.step the first step if it is known.

import { allowed, begin, cancel, context as ofElement, emit, finish, panel, stale, stateChanged } from '../base.js';
import { follow, respond } from './steps.js';

// asStepUp makes an <amplify-sign-in> show the steps of somebody who is signed in, and stays so; ended(state) tells of the end.
export function asStepUp(element, flow, ended) {
  element[ofElement].flow = flow;
  Object.assign(element, {
    [allowed]: (name) => flow.step?.signInState === name,
    [begin]() {
      element[panel].showContent(false);
      if (!element.screen) element[panel].go('stepUp');
    },
    [stateChanged](state) {
      if (state === 'signedIn') element[begin]();
      else ended(state);
    },
    [stale]() {},
    [finish]() { ended('signedIn'); },
    [cancel]() {
      element[panel].stop();
      element[emit]('cancel');
    },
  });
}

// start begins the steps, also again.
async function start(context) {
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
  enter: start,
  choices: () => [{ text: 'common.continue', kind: 'primary solid', run: start }], // after a failure
};
