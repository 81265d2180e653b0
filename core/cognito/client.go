// Package cognito calls Amazon Cognito through the AWS SDK for Go. It is the only
// package that imports the SDK's service clients.
//
// The clients are used as zero values with every option given per call. Made by
// their New they would link the SDK's own HTTP stack, TLS included, which cannot
// work in a page and doubles the size of the wasm. TestEveryOperation fails when
// a version of the SDK breaks this.
package cognito

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/auth"
	endpoints "github.com/aws/smithy-go/endpoints"

	"amplify-auth/core"
	"amplify-auth/core/config"
)

// HTTPClient sends a request. Its errors must be *core.Error or the context's.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// An Observer hears the time in the Date header of every answer, and what passed from
// the request to it.
type Observer func(server time.Time, took time.Duration)

type observer struct {
	next HTTPClient
	date Observer
}

func (o observer) Do(r *http.Request) (*http.Response, error) {
	// Firefox and Safari would send User-Agent and the SDK's headers, and ask for
	// them in the preflight; Chromium drops the first. All must be alike.
	for _, h := range []string{"User-Agent", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request"} {
		r.Header.Del(h)
	}
	sent := time.Now()
	resp, err := o.next.Do(r)
	if err == nil && o.date != nil {
		if t := core.DateOf(resp.Header.Get); !t.IsZero() {
			o.date(t, core.Passed(sent, time.Now()))
		}
	}
	return resp, err
}

// endpoint is the base URL of a service: the configured one, or that of the region.
func endpoint(service, region, override string) (endpoints.Endpoint, error) {
	if override == "" {
		override = "https://" + service + "." + region + "." + config.AWSDomain(region)
	}
	u, err := url.Parse(override)
	if err != nil {
		return endpoints.Endpoint{}, err
	}
	return endpoints.Endpoint{URI: *u}, nil
}

// anonymous is the one way of authentication: the operations used here take none.
var anonymous = []*auth.Option{{SchemeID: auth.SchemeIDAnonymous}}

const (
	maxAttempts = 3
	maxBackoff  = 2 * time.Second
)

// newRetryer retries throttles, failures of the service and of the network.
func newRetryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = maxAttempts
		o.MaxBackoff = maxBackoff
		o.RateLimiter = ratelimit.None
		o.Retryables = []retry.IsErrorRetryable{retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
			return aws.BoolTernary(worthRetrying(err))
		})}
	})
}

// worthRetrying leaves out what will not be better in a second: being offline,
// and the limits on a user's attempts, which more attempts only make worse.
func worthRetrying(err error) bool {
	var e *core.Error
	if errors.As(err, &e) {
		return e.Retryable && !errors.Is(err, core.ErrOffline)
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		switch code := api.ErrorCode(); {
		case code == "TooManyRequestsException", code == "RequestLimitExceeded", strings.HasPrefix(code, "Throttling"):
			return true
		}
	}
	var resp *awshttp.ResponseError
	return errors.As(err, &resp) && resp.HTTPStatusCode() >= 500
}

// convert makes a *core.Error of what the SDK returns. Errors of the context stay
// as they are.
func convert(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var e *core.Error
	if errors.As(err, &e) {
		return e
	}
	status, requestID := 0, ""
	var resp *awshttp.ResponseError
	if errors.As(err, &resp) {
		status, requestID = resp.HTTPStatusCode(), resp.ServiceRequestID()
	}
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() != "UnknownError" && (status < 500 || ownFailures[api.ErrorCode()]) {
		return core.ServiceError(api.ErrorCode(), api.ErrorMessage(), requestID, status)
	}
	if status != 0 {
		return notFromAWS(requestID, err)
	}
	var invalid smithy.InvalidParamsError
	if errors.As(err, &invalid) {
		return &core.Error{Name: "InvalidParameter", Code: "invalidParameter", Message: invalid.Error(), Cause: err}
	}
	return core.AsError(err)
}

// ownFailures are the service's words for its own failures. Another exception with a
// status of 500 and more is somebody else's answer: a refusal of Cognito's is a 400.
var ownFailures = map[string]bool{
	"InternalErrorException": true, "InternalServerError": true, "InternalFailure": true,
	"ServiceUnavailable": true, "ServiceUnavailableException": true,
	"Unsupported": true, // an operation that cognito-local does not know
}

// notFromAWS is for an answer in somebody else's words: a proxy's, a captive
// portal's or a load balancer's.
func notFromAWS(requestID string, cause error) error {
	return &core.Error{Name: "InvalidResponse", Code: "invalidResponse", RequestID: requestID, Retryable: true, Cause: cause,
		Message: "The answer did not come from Amazon Cognito. Check the network, and the endpoint in the configuration."}
}

// lacks is for an answer without what Cognito always gives.
func lacks(what string) error {
	return notFromAWS("", errors.New("it lacks "+what))
}
