import { createElement, forwardRef, Fragment, useContext, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';

import { ACCOUNT, attributesOf, defineElements, listen, setProperties, SIGN_IN } from '../bindings/tags.js';
import { AuthContext } from './context.js';

const useCommitEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect; // a server would warn

function component(tag, names) {
  const Component = forwardRef((props, ref) => {
    const element = useRef(null);
    const latest = useRef(props);
    const store = useContext(AuthContext);
    useImperativeHandle(ref, () => element.current, []);
    useCommitEffect(() => {
      latest.current = props;
      setProperties(element.current, props.auth ?? (props.config ? undefined : store?.client), props);
    });
    useCommitEffect(() => listen(element.current, () => latest.current), []);
    useEffect(() => void defineElements(), []);
    const { className, style, id, hidden, children } = props;
    // the element has nodes of its own beside these: React must not take a text for its only content
    return createElement(tag, { ref: element, class: className, style, id, hidden: hidden || undefined, ...attributesOf(names, props) },
      createElement(Fragment, null, children));
  });
  Component.displayName = tag === 'amplify-sign-in' ? 'AmplifySignIn' : 'AmplifyAccount';
  return Component;
}

export const AmplifySignIn = component('amplify-sign-in', SIGN_IN);
export const AmplifyAccount = component('amplify-account', ACCOUNT);
