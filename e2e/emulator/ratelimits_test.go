package emulator

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

func TestRateLimits(t *testing.T) {
	b := newBed(t) // whose clock stands still
	refused := func() (n int) {
		for range 40 {
			if _, err := b.AdminEnableUser(b.ctx, &cip.AdminEnableUserInput{UserPoolId: &b.pool, Username: aws.String("demo")}); err != nil {
				b.fails(err, "TooManyRequestsException: Rate exceeded")
				n++
			}
		}
		return n
	}
	if n := refused(); n != 0 {
		t.Errorf("%d of 40 refused while rate limits are off", n)
	}
	b.server.SetLimits(Limits{Rates: true})
	if n := refused(); n != 15 {
		t.Errorf("%d of 40 refused at 25 a second", n)
	}
	b.server.Advance(time.Second)
	if n := refused(); n != 15 {
		t.Errorf("%d of 40 refused in the next second", n)
	}
	_, err := b.DescribeUserPool(b.ctx, &cip.DescribeUserPoolInput{UserPoolId: &b.pool}) // another category
	b.ok(err)
}
