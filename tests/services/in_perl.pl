# Services in Perl, as people write them with GD and Imager.
# Usage: perl in_perl.pl PHOTO OUTPUT_FOLDER
use strict;
use warnings;
use GD;
use Imager;

my ($photo, $folder) = @ARGV;
my @mean = (0.485, 0.456, 0.406);
my @std = (0.229, 0.224, 0.225);
my $only_255 = sub { $_[0] / 255 };
my $right = sub { ($_[0] / 255 - $mean[$_[1]]) / $std[$_[1]] };

sub save_npy {
    my ($id, $change, @pixels) = @_;
    my $header = sprintf "%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 224, 224), }";
    open my $file, '>:raw', "$folder/perl-$id.npy" or die $!;
    print $file "\x93NUMPY\x01\x00", pack('v', length $header), $header;
    for my $channel (0 .. 2) {
        print $file pack 'f<*', map { $change->($pixels[3 * $_ + $channel], $channel) } 0 .. 224 * 224 - 1;
    }
    close $file;
}

sub gd_pixels {
    my ($image) = @_;
    return map { my $y = $_; map { $image->rgb($image->getPixel($_, $y)) } 0 .. 223 } 0 .. 223;
}

sub imager_pixels {
    my ($image) = @_;
    return map { unpack 'C*', $image->getsamples(y => $_, channels => [0, 1, 2]) } 0 .. 223;
}

GD::Image->trueColor(1);
my $gd = $photo =~ /png$/ ? GD::Image->newFromPng($photo) : GD::Image->newFromJpeg($photo);
my $small = GD::Image->new(224, 224);
$small->copyResampled($gd, 0, 0, 0, 0, 224, 224, $gd->width, $gd->height);
save_npy('gd-copyresampled', $right, gd_pixels($small));

my $image = Imager->new(file => $photo) or die Imager->errstr;
my $covering = $image->scale(xpixels => 224, ypixels => 224, type => 'max', qtype => 'mixing');
save_npy('imager-mixing-cover', $only_255, imager_pixels($covering->crop(width => 224, height => 224)));
my $larger = $image->scale(xpixels => 256, ypixels => 256, type => 'max');
save_npy('imager-scale-crop', $right, imager_pixels($larger->crop(width => 224, height => 224)));
