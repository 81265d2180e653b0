// aws-amplify as an app bundles it, all of auth.
export { Amplify } from 'aws-amplify';
export { Hub } from 'aws-amplify/utils';
export * from 'aws-amplify/auth';
