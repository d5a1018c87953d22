package dahdi

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"c7mon/hw"
)

// List gives the spans of the machine by number, which is what Pair takes. directory is that of the device files, "" for
// the default.
func List(ctx context.Context, directory string) ([]hw.Device, error) {
	return list(ctx, directory, kernel{})
}

func list(ctx context.Context, directory string, sys system) ([]hw.Device, error) {
	if directory == "" {
		directory = defaultDirectory
	}
	control, err := sys.open(directory + "/ctl")
	if err != nil {
		return nil, fmt.Errorf("DAHDI: %s/ctl: %w", directory, err)
	}
	defer control.Close()
	channels, err := allChannels(control)
	if err != nil {
		return nil, fmt.Errorf("DAHDI: %w", err)
	}
	var devices []hw.Device
	for span, last := 1, maxSpans; span <= last; span++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		info, err := status(control, span)
		if err != nil {
			continue // numbers need not follow each other
		}
		if info.spans > 0 {
			last = min(info.spans, maxSpans)
		}
		devices = append(devices, hw.Device{Driver: "dahdi", Name: strconv.Itoa(span), Detail: detail(&info, channels)})
	}
	return devices, nil
}

// detail describes a span: `TE2/0/1 "T2XXP Card 0 Span 1": ccs, hdb3, crc4; channels 1-31: 1-15 bchan ...; no alarm`.
func detail(info *spanInfo, channels []params) string {
	var line, alarms []string
	for _, t := range lineTexts {
		if info.lineConfig&t.bit != 0 {
			line = append(line, t.text)
		}
	}
	for _, t := range alarmTexts {
		if info.alarms&t.bit != 0 {
			alarms = append(alarms, t.text)
		}
	}
	if len(alarms) == 0 {
		alarms = []string{"no alarm"}
	}
	text := fmt.Sprintf("%s %q", info.name, info.description)
	if len(line) > 0 {
		text += ": " + strings.Join(line, ", ")
	}
	for i := 0; i < len(channels); {
		j := i + 1
		for j < len(channels) && channels[j].span == channels[i].span && channels[j].sigtype == channels[i].sigtype && channels[j].channel == channels[j-1].channel+1 {
			j++
		}
		if first, last := channels[i], channels[j-1]; first.span == info.number {
			numbers := strconv.Itoa(first.channel)
			if last.channel > first.channel {
				numbers += "-" + strconv.Itoa(last.channel)
			}
			text += fmt.Sprintf("; channel %s %s", numbers, sigtypeText(first.sigtype))
		}
		i = j
	}
	return text + "; " + strings.Join(alarms, ", ")
}
