// aws-amplify as an app bundles it, all of auth.
export { Amplify, createAmplifyContext } from 'aws-amplify';
export { Hub, parseAmplifyConfig } from 'aws-amplify/utils';
export * from 'aws-amplify/auth';
