// The AWS SDK for JavaScript v3 as a page bundles it.
export { CognitoIdentityClient, DescribeIdentityCommand } from '@aws-sdk/client-cognito-identity';
export { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
export { SignatureV4 } from '@smithy/signature-v4';
export { Sha256 } from '@aws-crypto/sha256-js';
