package emulator

import "slices"

// The history of sign-ins that threat protection keeps. Nothing here is judged a risk.

var authEventOperations = service{
	"AdminListUserAuthEvents":      op(adminListUserAuthEvents),
	"AdminUpdateAuthEventFeedback": op(adminUpdateAuthEventFeedback),
}

// authEvent is one sign-in, as the API answers it.
type authEvent struct {
	EventId          string
	EventType        string // SignIn
	CreationDate     epoch
	EventResponse    string // Pass or Fail
	EventRisk        struct{ RiskDecision string }
	EventContextData struct {
		IpAddress  string
		DeviceName string
	}
	EventFeedback *eventFeedback `json:",omitempty"`
}

type eventFeedback struct {
	FeedbackValue string
	Provider      string
	FeedbackDate  epoch
}

// maxEvents bounds a user's history.
const maxEvents = 200

func (p *userPool) needsThreatProtection() error {
	if mode := p.UserPoolAddOns["AdvancedSecurityMode"]; mode != "AUDIT" && mode != "ENFORCED" {
		return fail(userPoolAddOnNotEnabled, "User pool add-ons are not enabled.")
	}
	return nil
}

// noteEvent adds a sign-in to the history of a user; nil for one who does not exist.
func (c *call) noteEvent(u *user, response string) {
	if u == nil || u.pool.needsThreatProtection() != nil {
		return
	}
	e := authEvent{EventId: uuid(), EventType: "SignIn", CreationDate: seconds(c.now), EventResponse: response}
	e.EventRisk.RiskDecision = "NoRisk"
	e.EventContextData.IpAddress, e.EventContextData.DeviceName = c.ip(), deviceOf(c.http.UserAgent())
	u.Events = slices.Insert(u.Events[:min(len(u.Events), maxEvents-1)], 0, e)
}

type listEventsInput struct {
	poolUserInput
	MaxResults *int   `aws:"QueryLimitType"`
	NextToken  string `aws:"PaginationKey"`
}

type listEventsOutput struct {
	AuthEvents []authEvent
	NextToken  string `json:",omitempty"`
}

func adminListUserAuthEvents(c *call, in *listEventsInput) (*listEventsOutput, error) {
	p, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if err := p.needsThreatProtection(); err != nil {
		return nil, err
	}
	some, next, err := page(u.Events, in.MaxResults, 60, in.NextToken, func(e authEvent) string { return e.EventId })
	if err != nil {
		return nil, err
	}
	return &listEventsOutput{append([]authEvent{}, some...), next}, nil
}

type adminFeedbackInput struct {
	poolUserInput
	EventId       string `aws:"EventIdType,required"`
	FeedbackValue string `aws:"FeedbackValueType,required"`
}

func adminUpdateAuthEventFeedback(c *call, in *adminFeedbackInput) (*empty, error) {
	p, u, err := c.poolUser(in.UserPoolId, in.Username)
	if err != nil {
		return nil, err
	}
	if err := p.needsThreatProtection(); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(u.Events, func(e authEvent) bool { return e.EventId == in.EventId })
	if i < 0 {
		return nil, fail(invalidParameter, "Event %s does not exist.", in.EventId)
	}
	u.Events[i].EventFeedback = &eventFeedback{in.FeedbackValue, "Admin", seconds(c.now)}
	return nil, nil
}
